"""Where examples come from: folders, archives, arrays on disk, TensorFlow Datasets, and tables of their labels."""
