import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.text.RuleBasedBreakIterator;
import com.ibm.icu.text.Transliterator;
import com.ibm.icu.util.ULocale;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.AnalyzerWrapper;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.icu.ICUNormalizer2Filter;
import org.apache.lucene.analysis.icu.ICUTransformFilter;
import org.apache.lucene.analysis.icu.segmentation.ICUTokenizer;
import org.apache.lucene.analysis.icu.segmentation.ICUTokenizerConfig;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.queryparser.classic.MultiFieldQueryParser;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.Version;

/** Lucene behind the lines that ProcessEngine writes. */
class Lucene {
    private static final float TITLE_WEIGHT = 1.5f;
    private static final String FOLD =
            "NFD; [\\u0300-\\u036f\\u064b-\\u0652\\u0670] Remove; NFC";
    private static final String[] FIELDS = {"title", "text"};

    private Directory directory;
    private Analyzer analyzer;
    private IndexWriter writer;
    private IndexSearcher searcher;

    public static void main(String[] arguments) throws Exception {
        BooleanQuery.setMaxClauseCount(100_000);
        var lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        var lucene = new Lucene();
        for (String line; (line = lines.readLine()) != null; ) {
            String[] cells = line.split("\t", -1);
            switch (cells[0]) {
                case "version" -> out.println(Version.LATEST);
                case "index" -> lucene.start(cells[1]);
                case "add" -> lucene.add(cells[1], cells[2]);
                case "commit" -> {
                    lucene.commit();
                    out.println();
                }
                case "search" -> out.println(lucene.search(Integer.parseInt(cells[1]), cells[2]));
                default -> throw new IllegalArgumentException(cells[0]);
            }
            out.flush();
        }
    }

    private void start(String language) throws IOException {
        directory = new ByteBuffersDirectory();
        analyzer = analyzer(language);
        var config = new IndexWriterConfig(analyzer);
        config.setSimilarity(new BM25Similarity());
        writer = new IndexWriter(directory, config);
    }

    private void add(String title, String text) throws IOException {
        var document = new Document();
        document.add(new TextField("title", title, Field.Store.NO));
        document.add(new TextField("text", text, Field.Store.NO));
        writer.addDocument(document);
    }

    private void commit() throws IOException {
        writer.forceMerge(1); // so that the numbers of documents are those of their order
        writer.close();
        searcher = new IndexSearcher(DirectoryReader.open(directory));
        searcher.setSimilarity(new BM25Similarity());
    }

    private String search(int limit, String text) throws Exception {
        if (text.isBlank()) {
            return "";
        }
        var boosts = Map.of("title", TITLE_WEIGHT, "text", 1f);
        var parser = new MultiFieldQueryParser(FIELDS, analyzer, boosts);
        var escaped = QueryParser.escape(text).replaceAll("\\b(AND|OR|NOT)\\b", "\\\\$1");
        var answer = new StringBuilder();
        for (ScoreDoc hit : searcher.search(parser.parse(escaped), limit).scoreDocs) {
            answer.append(hit.doc).append(' ');
        }
        return answer.toString();
    }

    /** The analyzer of a language, its accents folded; words by ICU where there is none. For Thai
     * these measured better than ThaiAnalyzer, as CJKAnalyzer did than SmartChineseAnalyzer. */
    static Analyzer analyzer(String language) {
        return switch (language) {
            case "ar" -> new org.apache.lucene.analysis.ar.ArabicAnalyzer();
            case "bg" -> new org.apache.lucene.analysis.bg.BulgarianAnalyzer();
            case "bn" -> new org.apache.lucene.analysis.bn.BengaliAnalyzer();
            case "ca" -> folded(new org.apache.lucene.analysis.ca.CatalanAnalyzer());
            case "cs" -> folded(new org.apache.lucene.analysis.cz.CzechAnalyzer());
            case "da" -> folded(new org.apache.lucene.analysis.da.DanishAnalyzer());
            case "de" -> folded(new org.apache.lucene.analysis.de.GermanAnalyzer());
            case "el" -> new org.apache.lucene.analysis.el.GreekAnalyzer();
            case "en" -> folded(new org.apache.lucene.analysis.en.EnglishAnalyzer());
            case "es" -> folded(new org.apache.lucene.analysis.es.SpanishAnalyzer());
            case "fa" -> new org.apache.lucene.analysis.fa.PersianAnalyzer();
            case "fi" -> folded(new org.apache.lucene.analysis.fi.FinnishAnalyzer());
            case "fr" -> folded(new org.apache.lucene.analysis.fr.FrenchAnalyzer());
            case "hi" -> new org.apache.lucene.analysis.hi.HindiAnalyzer();
            case "hu" -> folded(new org.apache.lucene.analysis.hu.HungarianAnalyzer());
            case "id" -> folded(new org.apache.lucene.analysis.id.IndonesianAnalyzer());
            case "it" -> folded(new org.apache.lucene.analysis.it.ItalianAnalyzer());
            case "ja" -> new org.apache.lucene.analysis.ja.JapaneseAnalyzer();
            case "ko" -> new org.apache.lucene.analysis.ko.KoreanAnalyzer();
            case "nl" -> folded(new org.apache.lucene.analysis.nl.DutchAnalyzer());
            case "no" -> folded(new org.apache.lucene.analysis.no.NorwegianAnalyzer());
            case "pt" -> folded(new org.apache.lucene.analysis.pt.PortugueseAnalyzer());
            case "ro" -> folded(new org.apache.lucene.analysis.ro.RomanianAnalyzer());
            case "ru" -> new org.apache.lucene.analysis.ru.RussianAnalyzer();
            case "sv" -> folded(new org.apache.lucene.analysis.sv.SwedishAnalyzer());
            case "tr" -> folded(new org.apache.lucene.analysis.tr.TurkishAnalyzer());
            case "zh" -> new org.apache.lucene.analysis.cjk.CJKAnalyzer();
            default -> unicode();
        };
    }

    private static Analyzer folded(Analyzer analyzer) {
        return new AnalyzerWrapper(Analyzer.PER_FIELD_REUSE_STRATEGY) {
            @Override
            protected Analyzer getWrappedAnalyzer(String field) {
                return analyzer;
            }

            @Override
            protected TokenStreamComponents wrapComponents(
                    String field, TokenStreamComponents components) {
                return new TokenStreamComponents(
                        components.getSource(),
                        new ASCIIFoldingFilter(components.getTokenStream()));
            }
        };
    }

    /** ICU's words, cased down and folded. Lucene's own data for both, its rules of words and the
     * map of ICUFoldingFilter, is compiled for one release of ICU, which is not Debian's. */
    private static Analyzer unicode() {
        return new Analyzer() {
            @Override
            protected TokenStreamComponents createComponents(String field) {
                Tokenizer words = new ICUTokenizer(new Words());
                TokenStream plain =
                        new ICUTransformFilter(
                                new ICUNormalizer2Filter(words), Transliterator.getInstance(FOLD));
                return new TokenStreamComponents(words, new ASCIIFoldingFilter(plain));
            }
        };
    }

    private static class Words extends ICUTokenizerConfig {
        @Override
        public RuleBasedBreakIterator getBreakIterator(int script) {
            return (RuleBasedBreakIterator) BreakIterator.getWordInstance(ULocale.ROOT);
        }

        @Override
        public String getType(int script, int ruleStatus) {
            return "word";
        }

        @Override
        public boolean combineCJ() {
            return true;
        }
    }
}
