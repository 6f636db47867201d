"""What a worker can be asked to do, one file each. The logic lives in training, contest and games."""
