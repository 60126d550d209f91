// On a narrow screen the tabs are wider than it: the one we are on is brought into view.

document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
