"""Evidence of orders on the screen: originals taken and given, copies without position shown, sealed texts looked at."""
