"""Service packages: describe, sign, publish, find, adopt, adapt, keep up to date. It stands above the services."""
