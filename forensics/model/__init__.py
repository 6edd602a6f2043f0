"""What flows between the stages: frozen, tagged records without algorithms or input/output."""
