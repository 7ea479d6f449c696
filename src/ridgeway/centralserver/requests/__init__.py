"""Management requests at the central server: received, proven, kept, decided, and put into the document in force."""
