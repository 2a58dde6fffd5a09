"""Does the recognizer hear as well the cheap way as the dear one?"""
