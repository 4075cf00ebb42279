"""``yangguang demo``: the Sanpai programme built, verified and served, labelled 演示数据 on every page."""
