"""What every family needs: validation, the registry, images, files."""
