from keras_gan_cli import commands, telling
from keras_gan_cli.main import cli


def test_every_command_is_of_the_one_module_or_the_other():
    found = {}
    for module in (commands, telling):
        for name, command in cli.commands.items():
            if getattr(module, name, None) is command:
                found.setdefault(name, []).append(module.__name__)
    assert set(found) == set(cli.commands)
    assert {name for name, modules in found.items() if modules == [telling.__name__]} == {"card", "report"}
