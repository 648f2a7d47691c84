"""From a file to pixels: decoding, depth, colours, and how an image of any size becomes one of a given size."""
