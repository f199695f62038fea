"""From outcomes to a verdict, findings and an example."""
