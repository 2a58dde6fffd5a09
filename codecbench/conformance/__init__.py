"""What any codec plugin is held to, tried on it in processes of its own: `codecbench check`."""
