"""Use cases per noun: permission, scope, rule, one transaction, audit."""
