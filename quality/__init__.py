"""How good the answers are: consensus labels, agreement between workers, the reliability of each,
and releases.

Importing this package imports nothing. `quality.aggregation`, `quality.agreement`,
`quality.reliability`, `quality.evaluation` and `quality.cli` need numpy and scipy alone, and
`quality.formats` nothing; the modules beside them need the service.
"""
