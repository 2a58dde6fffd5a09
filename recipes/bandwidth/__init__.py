"""The network of `bandwidth:vocodec-trained`: from speech at 24 kHz or more to the plugin's folder."""
