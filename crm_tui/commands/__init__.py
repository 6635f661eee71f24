"""What `crm-tui NAME` does, one module per command."""
