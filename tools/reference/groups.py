"""Which operation belongs to which group of the table.

Each rule is a pattern and a group. A label reads "module path, space, kind of operation", and the
first pattern found in it decides; a label without a group is an error.
"""

# Transformers of diffusers without and with cross attention.
RULES = (
    (r"adaln_single\.linear |time_embed\.linear |condition_embedder\.time_proj ", "modulation"),
    (
        r"^\w+\.(pos_embed|patch_embed|patch_embedding|x_embedder|proj_in|adaln_single|time_embed"
        r"|time_embedding|time_text_embed|caption_projection|context_embedder|condition_embedder)"
        r"[ .]",
        "embedding",
    ),
    (r"\.rope ", "embedding"),  # Mochi multiplies positions by learned frequencies
    (r"\.norm(\d|\d_context|_out)?\.linear(_1)? ", "modulation"),
    (r"single_transformer_blocks\.\d+\.proj_mlp ", "feed_forward"),
    # One matrix takes attention output (d wide) and feed-forward (4 d wide) side by side.
    (r"single_transformer_blocks\.\d+\.proj_out ", "projection=1+feed_forward=4"),
    (r"\.(ff|ff_context|ffn)\.", "feed_forward"),
    (r"\.attn\d? attention$", "attention"),
    (r"\.attn\d?\.", "projection"),
    (r"^\w+\.proj_out ", "output"),
)
CROSS_RULES = ((r"\.attn2[ .]", "cross_attention"), *RULES)

# The authors' own code.
DIT_RULES = (
    (r"\.attn attention$", "attention"),
    (r"\.attn\.", "projection"),
    (r"\.mlp\.fc", "feed_forward"),
    (r"adaLN_modulation", "modulation"),
    (r"[xty]_embedder", "embedding"),
    (r"final_layer\.linear", "output"),
)
STDIT_RULES = (
    (r"\.cross_attn", "cross_attention"),
    (r"\.attn attention$", "attention"),
    (r"\.attn\.", "projection"),
    (r"\.mlp\.fc", "feed_forward"),
    (r"\.t_block\.", "modulation"),
    (r"[xtyp]s?_embedder", "embedding"),
    (r"final_layer\.linear", "output"),
)

# U-Nets and autoencoders.
KIND_RULES = ((" conv$", "conv"), (" linear$", "linear"), (" attention$", "attention"))
