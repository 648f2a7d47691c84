"""`python -m keras_gan`: the command line."""

from keras_gan_cli.main import main

if __name__ == "__main__":
    main()
