"""One core, two versions of the protocol: what is asked goes up to the newer one, what is answered down again."""
