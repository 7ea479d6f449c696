"""Certificates from authorities that issue by themselves: ordered and renewed over ACME, keys made and kept here.

    credentials · accounts      who we are to an authority
    challenges                  proving that a name is ours: the door that an authority asks
    ordering                    one order: request ─▶ authorisation ─▶ certificate
    obtaining                   the same with a key of the signer, from a member or server to an imported certificate
    renewal                     what is due, and what follows a renewal

Law: the private key never leaves the signer; what comes back is taken only when it is for that key and from an
authority of the global configuration.
Source: RFC 8555; RFC 9773 (renewal information); UG-SS §24 (ACME).
"""
