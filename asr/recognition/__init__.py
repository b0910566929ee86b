"""Words of a recording: turns packed into clips, decoded, aligned, defended against what the recogniser invents."""
