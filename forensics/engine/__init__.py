"""How the table of steps is run. Imports no stage: steps are loaded by name when they run."""
