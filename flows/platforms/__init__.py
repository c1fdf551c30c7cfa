"""The platforms that Milepost knows, one TOML file each. Data only."""
