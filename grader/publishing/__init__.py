"""What leaves the house: student kits, and autograders that platforms run."""
