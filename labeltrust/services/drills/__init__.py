"""Drills: poison campaigns tried in a shadow of the installation, kept and summed up."""
