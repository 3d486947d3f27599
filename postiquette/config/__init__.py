"""Settings: TOML file, environment, secrets; the only reader of configuration."""
