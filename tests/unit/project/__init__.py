"""What documents and deployment files say."""
