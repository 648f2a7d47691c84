"""Looking around in what a generator has learnt: ways, directions, mixtures, and where a picture comes from.

A space, `ZSpace` of the latents or `WSpace` of the styles, has points, and makes images of them; all else is made of
the two.

```python
from keras_gan import exploration

space = exploration.ZSpace(gan)
points = space.points(seeds=[3, 17, 25])
exploration.write_video(space.images(exploration.between(space, points, steps=30, loop=True)), "way.webp")
```
"""

from keras_gan.exploration.directions import Directions, directions
from keras_gan.exploration.grids import direction_grid, interpolation_grid, mixing_grid, sheet, truncation_grid
from keras_gan.exploration.interpolation import along, between, lerp, slerp
from keras_gan.exploration.latent_space import LatentSpace, Points
from keras_gan.exploration.neighbours import Neighbours, nearest
from keras_gan.exploration.projection import Projection, project
from keras_gan.exploration.soft_classes import soft_classes
from keras_gan.exploration.video import write_video
from keras_gan.exploration.w_space import WSpace
from keras_gan.exploration.wall import write_wall
from keras_gan.exploration.z_space import ZSpace

__all__ = [
    "Directions",
    "LatentSpace",
    "Neighbours",
    "Points",
    "Projection",
    "WSpace",
    "ZSpace",
    "along",
    "between",
    "direction_grid",
    "directions",
    "interpolation_grid",
    "lerp",
    "mixing_grid",
    "nearest",
    "project",
    "sheet",
    "slerp",
    "soft_classes",
    "truncation_grid",
    "write_video",
    "write_wall",
]
