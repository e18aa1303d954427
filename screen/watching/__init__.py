"""What the screen tells the standing watch: who asks for what is not for them, takes files out, is in two places."""
