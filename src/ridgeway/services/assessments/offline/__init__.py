"""An assessment in one file, or in a browser that sends nothing."""
