"""Every picture of the application as a figure: copied, saved, exported."""
