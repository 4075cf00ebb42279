"""``yangguang verify``: recomputes everything from the bytes; trusts nothing the source says about itself."""
