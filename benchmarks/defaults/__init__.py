"""What every kind's default reaches on simulated crowds, against plain majority vote on the same
answers."""
