"""The files for clusters and containers: their validators pass them, and the workers that they name find each other.

There is no Slurm, no Kubernetes and no Docker daemon here: what is tried is all that can be without.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import kubernetes_validate
import pytest
import tensorflow as tf
import yaml

from keras_gan_cli.main import main

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "cluster"
SLURM, KUBERNETES, DOCKERFILE, COMPOSE = "slurm.sh", "kubernetes.yaml", "Dockerfile", "compose.yaml"
TOLD = ["/shared/my pictures", "--out", "/shared/runs"]
TELL = 'import json, os, sys; print(json.dumps([os.environ["TF_CONFIG"], sys.argv[1:]]))'
STUBS = {  # stand-ins for Slurm's commands, and for ours, which tells what it was told
    "scontrol": 'test "$*" = "show hostnames node[07-08]" && printf "%s\\n" node07 node08',
    "srun": 'for SLURM_PROCID in 0 1; do export SLURM_PROCID; "$@"; done',
    "keras-gan": f"""{sys.executable} -c '{TELL}' "$@" """,
}


def tool(name, *arguments):
    """Run a validator of this environment; return its exit code and what it says."""
    command = [Path(sys.executable).parent / name, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def kubernetes_says(path):
    try:
        for document in yaml.safe_load_all(path.read_text()):
            kubernetes_validate.validate(document, "1.30", strict=True)
    except kubernetes_validate.ValidationError as error:
        return 1, str(error)
    return 0, ""


VALIDATORS = {  # and what each must refuse, put in the place of what is there
    SLURM: (lambda path: tool("shellcheck", path), 'worker "$@"', "worker $@"),
    KUBERNETES: (kubernetes_says, "completionMode:", "completionMood:"),
    DOCKERFILE: (lambda path: tool("hadolint", path), "WORKDIR /opt/keras_gan", "RUN cd /opt"),
    COMPOSE: (
        lambda path: tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", path),
        "stop_grace_period:",
        "stop_grace:",
    ),
}


@pytest.mark.parametrize("name", VALIDATORS)
def test_its_validator_passes_it_and_would_refuse_another(name, tmp_path):
    validate, right, wrong = VALIDATORS[name]
    code, said = validate(FOLDER / name)
    assert code == 0, said
    text = (FOLDER / name).read_text()
    assert right in text
    (tmp_path / name).write_text(text.replace(right, wrong))
    assert validate(tmp_path / name)[0] != 0


def test_none_is_forgotten_and_the_pages_say_what_was_not_tried():
    assert {path.name for path in FOLDER.iterdir()} == set(VALIDATORS)
    page = (ROOT / "docs" / "devices.md").read_text()
    for name in VALIDATORS:
        assert f"](../examples/cluster/{name})" in page


def workers_of(lines):
    """Return what each worker was told, and what TensorFlow reads of it."""
    for line in lines:
        config, told = json.loads(line)
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("TF_CONFIG", config)
            resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
            yield told, resolver.cluster_spec().as_dict(), resolver.task_type, resolver.task_id


@pytest.fixture
def bash(tmp_path):
    """Return what runs bash with stand-ins for the commands of a cluster, and returns the lines that it prints."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in STUBS.items():
        (folder / name).write_text(f"#!/bin/bash\n{body}\n")
        (folder / name).chmod(0o755)

    def run(*command, **variables):
        path = f"{folder}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, **variables}
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def test_slurm_tells_each_worker_all_of_them_and_which_it_is(bash):
    lines = bash(FOLDER / SLURM, *TOLD, SLURM_JOB_NODELIST="node[07-08]", SLURM_JOB_ID="1040001")
    expected = {"worker": ["node07:12001", "node08:12001"]}
    assert [*workers_of(lines)] == [(["train", *TOLD], expected, "worker", index) for index in range(2)]


def test_slurm_reads_its_options_before_the_first_command():
    lines = (FOLDER / SLURM).read_text().splitlines()
    first = next(index for index, line in enumerate(lines) if line and not line.startswith("#"))
    options = [index for index, line in enumerate(lines) if line.startswith("#SBATCH")]
    assert options
    assert max(options) < first
    assert "#SBATCH --ntasks-per-node=1" in lines, "a worker a node"


def test_kubernetes_tells_each_worker_all_of_them_and_which_it_is(bash):
    service, job = yaml.safe_load_all((FOLDER / KUBERNETES).read_text())
    spec, (container,) = job["spec"], job["spec"]["template"]["spec"]["containers"]
    variables = {each["name"]: each["value"] for each in container["env"]}
    assert variables == {"WORKERS": str(spec["completions"])}
    assert spec["parallelism"] == spec["completions"] == 2
    assert service["metadata"]["name"] == job["metadata"]["name"] == spec["template"]["spec"]["subdomain"] == "gan"
    assert service["spec"]["selector"] == {"batch.kubernetes.io/job-name": job["metadata"]["name"]}
    assert "$(" not in "".join(container["args"]), "which Kubernetes would replace itself"

    command = [*container["command"], *container["args"]]
    lines = [line for index in range(2) for line in bash(*command, JOB_COMPLETION_INDEX=str(index), **variables)]
    (port,) = container["ports"]
    expected = {"worker": [f"gan-{index}.gan:{port['containerPort']}" for index in range(2)]}
    told = ["train", "/data/pictures", "--out", "/data/runs"]
    assert [*workers_of(lines)] == [(told, expected, "worker", index) for index in range(2)]


def test_the_image_has_what_it_copies_and_the_tensorflow_that_was_tried():
    text = (FOLDER / DOCKERFILE).read_text()
    for line in re.findall(r"^COPY (.*)$", text, re.M):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    bounds = next(each.removeprefix("tensorflow") for each in dependencies if re.match(r"tensorflow[<>=]", each))
    assert f'"tensorflow[and-cuda]{bounds}"' in text


def test_the_service_builds_that_image_and_calls_a_command_that_there_is(capsys):
    (service,) = yaml.safe_load((FOLDER / COMPOSE).read_text())["services"].values()
    context = (FOLDER / service["build"]["context"]).resolve()
    assert context == ROOT
    assert (context / service["build"]["dockerfile"]) == FOLDER / DOCKERFILE
    _, job = yaml.safe_load_all((FOLDER / KUBERNETES).read_text())
    (container,) = job["spec"]["template"]["spec"]["containers"]
    for told in (service["command"], ["train", *container["args"][2:]], ["train", *TOLD]):
        with pytest.raises(SystemExit) as exit:
            main([*told, "--help"])
        assert exit.value.code == 0, shlex.join(told)
        assert all(option in capsys.readouterr().out for option in told if option.startswith("--"))
    assert container["image"] == service["image"] == "keras-gan"
