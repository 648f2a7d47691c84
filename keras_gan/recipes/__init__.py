"""Named assemblies: networks, loss, terms, optimizers and data that are known to work together.

```python
gan = keras_gan.recipes.get("digits").fit()   # trained; gan.sample(10)
```
"""

from keras_gan.recipes.catalogue import for_data, get, names, register
from keras_gan.recipes.length import length
from keras_gan.recipes.plan import Facts, Plan, Rule, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Choice, Integer, Number, Setting

__all__ = [
    "Choice",
    "Facts",
    "Integer",
    "Number",
    "Plan",
    "Recipe",
    "Rule",
    "Setting",
    "always",
    "for_data",
    "get",
    "length",
    "names",
    "register",
]
