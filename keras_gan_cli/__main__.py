"""`python -m keras_gan_cli`: the command line, without the import of keras_gan before it is needed."""

from keras_gan_cli.main import main

if __name__ == "__main__":
    main()
