#!/bin/bash
# Train on two nodes of a Slurm cluster, one worker a node, with all GPUs that it gets.
#
#   sbatch examples/cluster/slurm.sh /shared/pictures --image-size 64 --out /shared/runs
#   sbatch examples/cluster/slurm.sh --resume /shared/runs/0001-pictures
#
# What follows the file is what `keras-gan train` is told. All nodes must see the data and the runs, and have the
# command: put `source /shared/venv/bin/activate` where a comment below says so.
#SBATCH --job-name=keras_gan
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=1
#SBATCH --time=08:00:00
#SBATCH --signal=TERM@120
#SBATCH --output=%x-%j.log
set -euo pipefail
# The --signal above gives the workers 120 seconds for one more checkpoint before the time is over.

# Here: source /shared/venv/bin/activate

# A port that no other job of these nodes has; from 32768 on the kernel gives them out itself.
port=$((12000 + SLURM_JOB_ID % 20000))
WORKERS=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed "s/.*/\"&:$port\"/" | paste -sd,)
export WORKERS

# Each task says which of the workers it is. `exec`, so that the signal reaches it and no shell before it.
# shellcheck disable=SC2016  # what is in single quotes is for the shell of the task
srun bash -c '
    export TF_CONFIG="{\"cluster\": {\"worker\": [$WORKERS]}, \"task\": {\"type\": \"worker\", \"index\": $SLURM_PROCID}}"
    exec keras-gan train "$@"
' worker "$@"
