"""How answers travel with a person: sealed, in a cookie, a form field or a QR code."""
