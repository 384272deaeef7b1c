"""Connected components of the links between records."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix, csgraph


def connected_components(records: pa.Table, links: pa.Table) -> pa.Table:
    """Label every record with the smallest record id it is connected to.

    `records`: one column `record_id`, distinct and sorted; `links`: two columns of
    record ids. Returns (record_id, cluster_id), one row per record. Linear in records
    and links (scipy.sparse.csgraph), exact for chains of any length.
    Raises ValueError when a link names an unknown record.
    """
    names = records["record_id"].combine_chunks()
    ends = [pc.index_in(links[name], value_set=names) for name in links.column_names]
    if any(end.null_count for end in ends):
        raise ValueError("a link names a record that is not in `records`")
    left, right = (end.to_numpy() for end in ends)
    graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), (len(names),) * 2)
    _, labels = csgraph.connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)
    clusters = names.take(pa.array(first[labels]))
    return pa.table({"record_id": names, "cluster_id": clusters})
