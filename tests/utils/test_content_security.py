from keras_gan.utils.content_security import policy


def test_what_is_allowed_is_told_by_digest():
    # By `printf 'x' | openssl dgst -sha256 -binary | base64`.
    told = policy(["x"], ["", "x"])
    x, nothing = "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert f"; style-src 'sha256-{x}'; script-src 'sha256-{nothing}' 'sha256-{x}'; " in told
    assert told.startswith("default-src 'none'; ")
    assert "unsafe" not in told
