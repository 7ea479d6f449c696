"""The templates of the country page: everything is escaped, and a name that nobody gave is a fault."""

from jinja2 import Environment, PackageLoader, StrictUndefined

environment = Environment(
    loader=PackageLoader("ridgeway.lab.page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
