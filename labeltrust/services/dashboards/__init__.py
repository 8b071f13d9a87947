"""What the three dashboards of a project show: for who decides, who is on call, who digs."""
