"""The lean intake: the two requests that a rush consists of, without anything between them and the writer.

Law: it takes a form that is in order and a link that is good, and nothing else; whatever else it is asked, it answers
421 (misdirected), and the proxy before it asks the site, whose pages say what there is to say. The rules, the form and
the answers are the site's own. Next: `door.py`.
"""
