"""The red team: every attack against the product and its peers, on seeds nobody tuned on."""
