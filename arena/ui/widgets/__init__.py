"""One widget a file: its state, its size, how it draws and how it answers an event with a message."""
