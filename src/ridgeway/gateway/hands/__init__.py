"""What the conversation of `protocol/exchange` asks for, done: one small function a command."""
