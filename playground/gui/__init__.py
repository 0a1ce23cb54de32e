"""The application on the screen. The only room that imports Qt."""
