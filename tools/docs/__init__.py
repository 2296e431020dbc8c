"""The documentation: tables that mirror the code, pictures, and the site."""
