"""What is stated of a log and signed: seals, anchors, notes, manifests, and the keys by which a reader knows them."""
