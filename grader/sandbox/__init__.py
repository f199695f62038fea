"""The parent's side of the wall: asks a confined process, and believes only values."""
