"""Models of a device in two slots: a new one is used only once it has proved itself."""
