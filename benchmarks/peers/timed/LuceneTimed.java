import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.facet.FacetsCollector;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.sortedset.DefaultSortedSetDocValuesReaderState;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetCounts;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetField;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesReaderState;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Version;

/** Lucene behind the lines that worker.py describes; the analyzers are those of Lucene.java. */
class LuceneTimed {
    private static final int LIMIT = 10;
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();
    private static final List<String> FACETS = List.of("source", "kind", "year");

    private final FacetsConfig facets = new FacetsConfig();
    private List<String[]> rows = List.of();
    private String language = "";
    private Analyzer analyzer;
    private DirectoryReader reader;
    private IndexSearcher searcher;
    private SortedSetDocValuesReaderState state;
    private UnifiedHighlighter highlighter;
    private int found; // so that no answer can be left out as unused

    public static void main(String[] arguments) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        var timed = new LuceneTimed();
        for (String line; (line = lines.readLine()) != null; ) {
            out.println(timed.answer(line.split("\t", -1)));
            out.flush();
        }
    }

    private String answer(String[] cells) throws Exception {
        switch (cells[0]) {
            case "version":
                return Version.LATEST.toString();
            case "missing":
                return "";
            case "load":
                language = cells[2];
                try (Stream<String> read = Files.lines(Path.of(cells[1]))) {
                    rows =
                            read.limit(Long.parseLong(cells[3]))
                                    .map(row -> row.split("\t", -1))
                                    .collect(Collectors.toList());
                }
                return "";
            case "build":
                long started = System.nanoTime();
                build(cells[1]);
                return seconds(started);
            case "open":
                open(cells[1], cells[2]);
                return "";
            case "time":
                var times = new ArrayList<String>();
                for (String text : Arrays.copyOfRange(cells, 2, cells.length)) {
                    long begun = THREAD.getCurrentThreadCpuTime();
                    if (ask(cells[1], text) == null) {
                        return "";
                    }
                    times.add(String.valueOf((THREAD.getCurrentThreadCpuTime() - begun) / 1e9));
                }
                return String.join(" ", times);
            case "found":
                List<String> ids = ask(cells[1], cells[2]);
                return ids == null ? "" : String.join(" ", ids);
            case "size":
                try (Stream<Path> files = Files.list(Path.of(cells[1]))) {
                    return String.valueOf(
                            files.filter(one -> !one.toString().matches(".*\\.fd[tmx]"))
                                    .mapToLong(one -> one.toFile().length())
                                    .sum());
                }
            default:
                throw new IllegalArgumentException(cells[0]);
        }
    }

    private static String seconds(long started) {
        return String.valueOf((System.nanoTime() - started) / 1e9);
    }

    /** With a thread a processor, as its users do; tantivy has its own. */
    private void build(String folder) throws Exception {
        var config = new IndexWriterConfig(Lucene.analyzer(language));
        config.setRAMBufferSizeMB(128);
        config.setUseCompoundFile(false); // so that files tell what is stored
        var writer = new IndexWriter(FSDirectory.open(Path.of(folder)), config);
        rows.parallelStream().forEach(row -> add(writer, row));
        writer.close();
    }

    private void add(IndexWriter writer, String[] row) {
        var document = new Document();
        document.add(new StringField("id", row[0], Field.Store.YES));
        document.add(new TextField("whole", row[1] + "\n" + row[2], Field.Store.YES));
        for (int place = 0; place < FACETS.size(); place++) {
            String name = FACETS.get(place);
            document.add(new SortedSetDocValuesFacetField(name, row[4 + place]));
        }
        try {
            writer.addDocument(facets.build(document));
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    private void open(String folder, String code) throws IOException {
        if (reader != null) {
            reader.close();
        }
        analyzer = Lucene.analyzer(code);
        reader = DirectoryReader.open(FSDirectory.open(Path.of(folder)));
        searcher = new IndexSearcher(reader);
        state = new DefaultSortedSetDocValuesReaderState(reader);
        highlighter = new UnifiedHighlighter(searcher, analyzer);
    }

    /** The ids of the hits; null where this kind cannot be asked. */
    private List<String> ask(String kind, String text) throws Exception {
        Query query = query(kind, text);
        TopDocs top = searcher.search(query, LIMIT);
        var ids = new ArrayList<String>();
        for (ScoreDoc hit : top.scoreDocs) {
            Document document = searcher.doc(hit.doc);
            found += document.get("whole").length();
            ids.add(document.get("id"));
        }
        if (kind.equals("facet") || kind.equals("facets")) {
            var collector = new FacetsCollector();
            FacetsCollector.search(searcher, query, LIMIT, collector);
            var counts = new SortedSetDocValuesFacetCounts(state, collector);
            for (String name : kind.equals("facet") ? FACETS.subList(0, 1) : FACETS) {
                var lines = counts.getTopChildren(LIMIT, name);
                found += lines == null ? 0 : lines.childCount;
            }
        } else if (kind.equals("snippets")) {
            for (String marked : highlighter.highlight("whole", query, top)) {
                found += marked == null ? 0 : marked.length();
            }
        } else if (kind.equals("two snippets") || kind.equals("counts")) {
            return null;
        }
        return ids;
    }

    private Query query(String kind, String text) throws Exception {
        var parser = new QueryParser("whole", analyzer);
        // AND, OR and NOT are syntax in capitals.
        String plain = text.toLowerCase().replaceAll("[^\\p{L}\\p{M}\\p{N}]+", " ").strip();
        switch (kind) {
            case "all":
                parser.setDefaultOperator(QueryParser.Operator.AND);
                return parser.parse(plain);
            case "phrase":
                return parser.parse('"' + plain + '"');
            case "prefix":
                return parser.parse(plain + "*");
            default:
                return parser.parse(plain);
        }
    }
}
